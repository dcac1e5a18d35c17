// Asks with an editor's key, and writes. The key travels in a header only.

import type { Base } from '../edit/draft.ts';
import type { ChangesetRequest, Commit, Feature, LayerDefinition, LayerList, Mistake, Problem as Details, RevertRequest, Whoami } from './types.ts';
import { Problem } from './client.ts';

/** What the server has refused, with all that is wrong. */
export class Refusal extends Problem {
  constructor(status: number, title: string, detail: string, readonly mistakes: readonly Mistake[]) {
    super(status, title, detail);
  }
}

const patience = 60_000; // milliseconds

export const whoami = async (key: string): Promise<Whoami> => (await call<Whoami>(key, 'GET', '/whoami')).body;

export const definitions = async (key: string): Promise<readonly LayerDefinition[]> =>
  (await call<LayerList>(key, 'GET', '/layers')).body.layers;

/** A feature with all its digits, and the tag that a change is held against; null when there is none, or none that a map can hold. */
export async function readBase(key: string, layer: string, feature: string): Promise<Base | null> {
  try {
    const { body, etag } = await call<Feature>(key, 'GET', `/collections/${encodeURIComponent(layer)}/items/${encodeURIComponent(feature)}`);
    const { id, geometry, properties } = body;
    return geometry === null ? null : { layer, id, etag, geometry, properties };
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

export const commit = async (key: string, changeset: ChangesetRequest): Promise<Commit> =>
  (await call<Commit>(key, 'POST', '/changesets', changeset)).body;

export const revert = async (key: string, version: number, message: string): Promise<Commit> =>
  (await call<Commit>(key, 'POST', `/changesets/${version}/revert`, { message })).body;

async function call<T>(key: string, method: 'GET' | 'POST', path: string, body?: ChangesetRequest | RevertRequest): Promise<{ body: T; etag: string }> {
  let response: Response;
  try {
    response = await fetch(path, {
      method, cache: 'no-store', signal: AbortSignal.timeout(patience),
      headers: { Accept: 'application/json, application/geo+json', Authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Problem(0, 'unreachable', '');
  }
  if (!response.ok) throw await refusalOf(response);
  return { body: (await response.json()) as T, etag: response.headers.get('ETag') ?? '' };
}

async function refusalOf(response: Response): Promise<Refusal> {
  try {
    const p = (await response.json()) as Partial<Details>;
    return new Refusal(response.status, p.title ?? String(response.status), p.detail ?? '', p.errors ?? []);
  } catch {
    return new Refusal(response.status, String(response.status), '', []);
  }
}
