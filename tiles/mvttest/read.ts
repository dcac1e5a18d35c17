// Reads a PMTiles archive with the readers that others wrote: pmtiles, and
// @mapbox/vector-tile with pbf, which MapLibre draws by.
//
//	node - ARCHIVE LIST <read.ts     LIST: JSON, [[z,x,y],…]
//
// It prints a line of JSON for the archive's header and metadata, and one for each
// tile of the list: null where the archive has none, otherwise its bytes' SHA-256,
// and one of all that its features are, each a line [layer, extent, id, type,
// properties, geometry]. Types are left to be inferred, so that node runs it as it
// stands.
import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';
import { PMTiles } from 'pmtiles';

const [archive, list] = process.argv.slice(2);
const file = await open(archive);
const reader = new PMTiles({
  getKey: () => archive,
  async getBytes(offset, length) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, offset);
    return { data: buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + bytesRead) };
  },
});
const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');

function described(tile) {
  const lines = [];
  for (const name of Object.keys(tile.layers).sort()) {
    const layer = tile.layers[name];
    for (let i = 0; i < layer.length; i++) {
      const f = layer.feature(i);
      const properties = Object.entries(f.properties).sort(([a], [b]) => (a < b ? -1 : 1));
      const geometry = f.loadGeometry().map((part) => part.map((p) => [p.x, p.y]));
      lines.push(JSON.stringify([name, layer.extent, f.id, f.type, properties, geometry]) + '\n');
    }
  }
  return { features: lines.length, digest: hash(lines.join('')) };
}

console.log(JSON.stringify({ header: await reader.getHeader(), metadata: await reader.getMetadata() }));
for (const [z, x, y] of JSON.parse(await readFile(list, 'utf8'))) {
  const got = await reader.getZxy(z, x, y);
  const tile = got && described(new VectorTile(new PbfReader(new Uint8Array(got.data))));
  console.log(JSON.stringify(got ? { bytes: hash(new Uint8Array(got.data)), ...tile } : null));
}
await file.close();
