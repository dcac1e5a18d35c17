// The key of whoever uses this tab of the browser. It is kept in sessionStorage and
// goes in a header to the server that the page came from; it is in no address, and
// no other server gets it.

const name = 'hanoitwin-key';
const listeners = new Set<() => void>();
let held = remembered(); // also where the browser allows no storage

/** The key; '' for none. */
export function key(): string { return held; }

/** Takes another key, or forgets it: ''. Who listens asks anew for what it has. */
export function setKey(next: string): void {
  if (next === held) return;
  held = next;
  try {
    if (next === '') sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, next);
  } catch {
    // it lasts as long as the page
  }
  for (const listen of [...listeners]) listen();
}

/** Calls listen after each change of the key. Returns how to stop it. */
export function onKey(listen: () => void): () => void {
  listeners.add(listen);
  return () => listeners.delete(listen);
}

/** The header that a request for an address takes: none without a key, none for other servers. */
export function keyHeader(address: string): Record<string, string> {
  return held !== '' && new URL(address, location.href).origin === location.origin ? { Authorization: `Bearer ${held}` } : {};
}

/** A request as MapLibre makes it. */
export function withKey(url: string): { url: string; headers: Record<string, string> } {
  return { url, headers: keyHeader(url) };
}

/** What the server has answered to a key: one that it does not know is forgotten. */
export function judged(sent: Readonly<Record<string, string>>, status: number): void {
  if (status === 401 && sent['Authorization'] === `Bearer ${held}`) setKey('');
}

function remembered(): string {
  try {
    return sessionStorage.getItem(name) ?? '';
  } catch {
    return '';
  }
}
