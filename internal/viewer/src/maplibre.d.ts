// What the bundler resolves to a source file of MapLibre; it exports nothing.
declare module 'maplibre-gl/worker';

// Style sheets that a script imports are their text.
declare module '*.css' {
  const text: string;
  export default text;
}
