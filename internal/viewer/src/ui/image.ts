// The map as an image for a report: title, what it is about, map in a frame, legend,
// scale, north arrow, sources.

import { scaleOf } from '../core/scale.ts';
import { copyOf } from '../map/copy.ts';
import { download } from './dom.ts';
import { drawLegend, drawNorth, drawScale, font, wrapped, type Pen } from './imageparts.ts';
import { legendLines, northLetter, printedOn, sourcesOf, subtitleOf } from './key.ts';
import { textOf, type Context } from './context.ts';

// Pixels of CSS: around everything, above the map, of the legend, between it and the map.
const margin = 20, head = 62, side = 250, gap = 20;
const pixels = 2; // for each of CSS: what is printed or enlarged is not coarse

export async function saveImage(c: Context): Promise<void> {
  await Promise.all([400, 600].map((weight) => document.fonts.load(`${weight} 12px "Be Vietnam Pro"`, 'aăđơư')));
  const s = c.store.get(), t = textOf(c), shot = copyOf(c.map, pixels);
  const { clientWidth: wide, clientHeight: high } = c.map.gl.getContainer(), ratio = shot.width / Math.max(wide, 1);
  const canvas = document.createElement('canvas'), g = canvas.getContext('2d');
  if (!g) return;
  const lines = legendLines(c, s), beside = margin + wide + gap;
  const tall = Math.max(high, await drawLegend(g, t.legend, lines, 0, 0, side, false));
  const width = beside + side + margin;
  font(g, 10.5);
  const small = wrapped(g, `${t.attribution}: ${sourcesOf(c)}. ${t.official}.`, width - 2 * margin);
  const height = head + tall + small.length * 15 + 2 * margin;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  g.scale(ratio, ratio);
  g.fillStyle = '#ffffff';
  g.fillRect(0, 0, width, height);
  drawHead(g, t.title, subtitleOf(c, s), printedOn(s.lang), width);
  g.drawImage(shot, margin, head, wide, high);
  g.strokeStyle = '#22303c';
  g.lineWidth = 1;
  g.strokeRect(margin, head, wide, high);
  await drawLegend(g, t.legend, lines, beside, head + 13, side, true);
  const { width: bar, label } = scaleOf(c.map.gl.getCenter().lat, c.map.gl.getZoom(), 160, s.lang);
  drawScale(g, bar, label, margin + 26, head + high - 22);
  drawNorth(g, northLetter(s.lang), c.map.gl.getBearing(), margin + wide - 40, head + 40);
  g.fillStyle = '#4a5560';
  font(g, 10.5);
  small.forEach((line, i) => g.fillText(line, margin, head + tall + 24 + i * 15));
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  if (blob) download('ha-noi.png', blob);
}

function drawHead(g: Pen, title: string, subtitle: string, day: string, width: number): void {
  g.fillStyle = '#22303c';
  font(g, 22, 600);
  g.fillText(title, margin, subtitle === '' ? 41 : 32);
  font(g, 13);
  g.fillText(subtitle, margin, 52, width - 2 * margin);
  g.textAlign = 'right';
  font(g, 12);
  g.fillText(day, width - margin, 32);
  g.textAlign = 'left';
}
