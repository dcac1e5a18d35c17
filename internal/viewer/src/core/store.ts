// Holds the state and tells those who listen when it has changed.

export interface Store<S, A> {
  get(): S;
  send(action: A): void;
  /** Calls listen now and after each change. Returns how to stop it. */
  watch(listen: (now: S, before: S | null) => void): () => void;
}

export function createStore<S, A>(start: S, reduce: (s: S, a: A) => S): Store<S, A> {
  let state = start;
  const listeners = new Set<(now: S, before: S | null) => void>();
  return {
    get: () => state,
    send(action) {
      const before = state;
      state = reduce(state, action);
      if (state === before) return;
      const now = state;
      for (const listen of [...listeners]) listen(now, before);
    },
    watch(listen) {
      listeners.add(listen);
      listen(state, null);
      return () => listeners.delete(listen);
    },
  };
}
