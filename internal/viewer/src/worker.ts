// The script that MapLibre's workers run. It shares a chunk with the page.
import 'maplibre-gl/worker';
