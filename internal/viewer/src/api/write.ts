// Asks with an editor's key, and writes. The key travels in a header only.

import type { Feature, Geometry } from 'geojson';
import type { Definition } from '../edit/form.ts';
import type { Mistake } from '../edit/mistakes.ts';
import type { Base } from '../edit/draft.ts';
import { Problem } from './client.ts';

/** Who a key belongs to, and the layers that it may write. */
export interface Who {
  readonly name?: string;
  readonly role?: string;
  readonly writes: readonly string[];
}

/** What the server has refused, with all that is wrong. */
export class Refusal extends Problem {
  constructor(status: number, title: string, detail: string, readonly mistakes: readonly Mistake[]) {
    super(status, title, detail);
  }
}

export interface Saved { readonly version: number; readonly ids: readonly number[] }

const patience = 60_000; // milliseconds

export const whoami = async (key: string): Promise<Who> => (await call<Who>(key, 'GET', '/whoami')).body;

export const definitions = async (key: string): Promise<readonly Definition[]> =>
  (await call<{ layers: readonly Definition[] }>(key, 'GET', '/layers')).body.layers;

/** A feature with all its digits, and the tag that a change is held against; null when there is none. */
export async function readBase(key: string, layer: string, feature: string): Promise<Base | null> {
  try {
    const { body, etag } = await call<Feature<Geometry, Record<string, unknown>>>(key, 'GET', `/collections/${encodeURIComponent(layer)}/items/${encodeURIComponent(feature)}`);
    return { layer, id: Number(body.id), etag, geometry: body.geometry, properties: body.properties ?? {} };
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

export const commit = async (key: string, changeset: unknown): Promise<Saved> =>
  (await call<Saved>(key, 'POST', '/changesets', changeset)).body;

export const revert = async (key: string, version: number, message: string): Promise<Saved> =>
  (await call<Saved>(key, 'POST', `/changesets/${version}/revert`, { message })).body;

async function call<T>(key: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<{ body: T; etag: string }> {
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
    const p = (await response.json()) as { title?: string; detail?: string; errors?: readonly Mistake[] };
    return new Refusal(response.status, p.title ?? String(response.status), p.detail ?? '', p.errors ?? []);
  } catch {
    return new Refusal(response.status, String(response.status), '', []);
  }
}
