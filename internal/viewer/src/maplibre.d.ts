// What the bundler resolves to a source file of MapLibre; it exports nothing.
declare module 'maplibre-gl/worker';
