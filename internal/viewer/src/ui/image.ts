// The map as an image for a report: title, legend, scale, north arrow, sources.

import type { State } from '../core/state.ts';
import { formatMoment } from '../core/format.ts';
import { scaleOf } from '../core/scale.ts';
import { download } from './dom.ts';
import { copyOf, legendLines, sourcesOf, subtitleOf, type LegendLine } from './key.ts';
import { textOf, type Context } from './context.ts';

const lineHeight = 21; // pixels

export async function saveImage(c: Context): Promise<void> {
  const s = c.store.get(), t = textOf(c);
  const shot = await drawn(c);
  const ratio = shot.width / Math.max(c.map.gl.getContainer().clientWidth, 1);
  const lines = legendLines(c, s);
  const side = lines.length > 0 ? 320 : 0, head = 54, foot = 40;
  const width = shot.width / ratio + side, height = Math.max(shot.height / ratio, lines.length * lineHeight + 40) + head + foot;
  const canvas = document.createElement('canvas');
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const g = canvas.getContext('2d');
  if (!g) return;
  g.scale(ratio, ratio);
  g.fillStyle = '#ffffff';
  g.fillRect(0, 0, width, height);
  g.drawImage(shot, 0, head, shot.width / ratio, shot.height / ratio);
  const font = (size: number, weight = 400): void => { g.font = `${weight} ${size}px "Be Vietnam Pro", sans-serif`; };
  g.fillStyle = '#22303c';
  font(22, 600);
  g.fillText(`${t.title}`, 18, 35);
  font(12);
  g.textAlign = 'right';
  g.fillText([subtitleOf(s), formatMoment(new Date().toISOString(), s.lang)].filter((x) => x !== '').join(' · '), width - 18, 33);
  g.textAlign = 'left';
  await drawLegend(g, lines, width - side + 16, head + 26, font);
  drawScale(g, c, s, 18, height - foot - 22, font);
  drawNorth(g, c, 34, head + 40, font);
  g.fillStyle = '#4a5560';
  font(10.5);
  g.fillText(`${sourcesOf(c)} · ${t.official}`, 18, height - 15, width - 36);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  if (blob) download('ha-noi.png', blob);
}

/** The canvas of the map, copied in the frame in which it is drawn. */
function drawn(c: Context): Promise<HTMLCanvasElement> {
  return new Promise((resolve) => {
    void c.map.gl.once('render', () => resolve(copyOf(c)));
    c.map.gl.triggerRepaint();
  });
}

async function drawLegend(g: CanvasRenderingContext2D, lines: readonly LegendLine[], x: number, y: number, font: (size: number, weight?: number) => void): Promise<void> {
  for (const [i, line] of lines.entries()) {
    const drawing = line.drawing, at = y + i * lineHeight;
    g.fillStyle = '#22303c';
    font(12, drawing ? 400 : 600);
    g.fillText(line.text, drawing ? x + 32 : x, at, drawing ? 268 : 300);
    if (!drawing) continue;
    const tall = drawing.getAttribute('viewBox') === '0 0 28 28';
    drawing.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    drawing.setAttribute('width', '48');
    drawing.setAttribute('height', tall ? '48' : '32');
    const img = new Image();
    img.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(drawing.outerHTML)}`;
    await img.decode();
    if (tall) g.drawImage(img, x + 3, at - 13, 18, 18);
    else g.drawImage(img, x, at - 12, 24, 16);
  }
}

function drawScale(g: CanvasRenderingContext2D, c: Context, s: State, x: number, y: number, font: (size: number, weight?: number) => void): void {
  const { width, label } = scaleOf(c.map.gl.getCenter().lat, c.map.gl.getZoom(), 140, s.lang);
  g.fillStyle = 'rgba(255,255,255,0.85)';
  g.fillRect(x - 8, y - 20, width + 16, 34);
  g.fillStyle = '#22303c';
  font(11, 600);
  g.fillText(label, x, y - 5);
  g.fillRect(x, y, width, 3);
  g.fillRect(x, y - 4, 1.5, 7);
  g.fillRect(x + width - 1.5, y - 4, 1.5, 7);
}

function drawNorth(g: CanvasRenderingContext2D, c: Context, x: number, y: number, font: (size: number, weight?: number) => void): void {
  g.save();
  g.translate(x, y);
  g.rotate((-c.map.gl.getBearing() * Math.PI) / 180);
  g.fillStyle = 'rgba(255,255,255,0.85)';
  g.beginPath();
  g.arc(0, 0, 22, 0, 2 * Math.PI);
  g.fill();
  g.fillStyle = '#22303c';
  g.beginPath();
  g.moveTo(0, -9);
  g.lineTo(7, 14);
  g.lineTo(0, 9);
  g.lineTo(-7, 14);
  g.fill();
  font(10, 600);
  g.textAlign = 'center';
  g.fillText('N', 0, -11);
  g.restore();
}
