// What stands around and on the map in an image: text, legend, scale, north arrow.
// All lengths are in pixels of CSS.

import type { LegendLine } from './key.ts';

export type Pen = CanvasRenderingContext2D;

const ink = '#22303c', veil = 'rgba(255, 255, 255, 0.88)';
const lineHeight = 20;

export function font(g: Pen, size: number, weight: 400 | 600 = 400): void { g.font = `${weight} ${size}px "Be Vietnam Pro", sans-serif`; }

/** The lines that a text takes at a width in the font that is set. */
export function wrapped(g: Pen, text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && g.measureText(longer).width > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** Draws the legend, or only tells how high it is. */
export async function drawLegend(g: Pen, title: string, lines: readonly LegendLine[], x: number, y: number, width: number, draw: boolean): Promise<number> {
  const text = async (line: LegendLine, at: number): Promise<number> => {
    font(g, 12, line.drawing ? 400 : 600);
    const parts = wrapped(g, line.text, width - (line.drawing ? 34 : 0));
    if (draw) {
      parts.forEach((part, i) => g.fillText(part, line.drawing ? x + 34 : x, at + i * 15));
      if (line.drawing) await stamp(g, line.drawing, x, at);
    }
    return (parts.length - 1) * 15 + lineHeight;
  };
  g.fillStyle = ink;
  let at = y;
  if (title !== '') {
    font(g, 15, 600);
    if (draw) g.fillText(title, x, at);
    at += 26;
  }
  for (const [i, line] of lines.entries()) {
    if (!line.drawing && i > 0) at += 6;
    at += await text(line, at);
  }
  return at - y;
}

/** Draws a swatch beside the line of text whose foot is at y. */
async function stamp(g: Pen, drawing: SVGElement, x: number, y: number): Promise<void> {
  const tall = drawing.getAttribute('viewBox') === '0 0 28 28';
  drawing.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  drawing.setAttribute('width', '96');
  drawing.setAttribute('height', tall ? '96' : '64');
  const img = new Image();
  img.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(drawing.outerHTML)}`;
  await img.decode();
  if (tall) g.drawImage(img, x + 3, y - 13, 18, 18);
  else g.drawImage(img, x, y - 12, 24, 16);
}

/** A bar of two halves, dark and light, as on printed maps; y is its foot. */
export function drawScale(g: Pen, width: number, label: string, x: number, y: number): void {
  g.fillStyle = veil;
  g.fillRect(x - 12, y - 29, width + 30, 40);
  g.fillStyle = ink;
  font(g, 11, 600);
  g.textAlign = 'center';
  g.fillText('0', x, y - 11);
  g.fillText(label, x + width, y - 11, 60);
  g.textAlign = 'left';
  g.fillRect(x, y - 6, width / 2, 6);
  g.fillStyle = '#ffffff';
  g.fillRect(x + width / 2, y - 6, width / 2, 6);
  g.strokeStyle = ink;
  g.lineWidth = 1;
  g.strokeRect(x + 0.5, y - 5.5, width - 1, 5);
}

/** An arrow to the north around a place, with a letter for it that stays upright. */
export function drawNorth(g: Pen, letter: string, bearing: number, x: number, y: number): void {
  const turned = (-bearing * Math.PI) / 180;
  g.save();
  g.translate(x, y);
  g.fillStyle = veil;
  g.beginPath();
  g.arc(0, 0, 27, 0, 2 * Math.PI);
  g.fill();
  g.fillStyle = ink;
  g.save();
  g.rotate(turned);
  g.beginPath();
  g.moveTo(0, -7);
  g.lineTo(8, 19);
  g.lineTo(0, 13);
  g.lineTo(-8, 19);
  g.fill();
  g.restore();
  font(g, 12, 600);
  g.textAlign = 'center';
  g.textBaseline = 'middle';
  g.fillText(letter, Math.sin(turned) * 16, -Math.cos(turned) * 16);
  g.restore();
}
