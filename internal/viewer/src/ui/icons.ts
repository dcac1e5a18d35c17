// The icons of the buttons: strokes in a box of 24.

import { svg } from './dom.ts';

const shapes = {
  search: ['M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z', 'M15.3 15.3 20 20'],
  close: ['M6 6l12 12', 'M18 6 6 18'],
  layers: ['M12 4 3.5 8.5 12 13l8.5-4.5z', 'M4 12.5 12 17l8-4.5', 'M4 16.2 12 20.5l8-4.3'],
  plus: ['M12 5v14', 'M5 12h14'],
  minus: ['M5 12h14'],
  home: ['M4 11.5 12 5l8 6.5', 'M6.5 10v9h11v-9'],
  north: ['M12 3l4.5 16-4.5-3.2L7.5 19z'],
  measure: ['M3.5 15.5 15.5 3.5l5 5-12 12z', 'M7 12l2 2', 'M10 9l2.6 2.6', 'M13 6l2 2'],
  image: ['M4 5.5h16v13H4z', 'M4 16l5-5 4 4 2.5-2.5L20 16', 'M15.5 9.5h.01'],
  sun: ['M12 8.2a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 0 0 0-7.6z', 'M12 3v2', 'M12 19v2', 'M3 12h2', 'M19 12h2', 'M5.6 5.6 7 7', 'M17 17l1.4 1.4', 'M18.4 5.6 17 7', 'M7 17l-1.4 1.4'],
  moon: ['M19.5 14.2A8 8 0 0 1 9.8 4.5a8 8 0 1 0 9.7 9.7z'],
  near: ['M12 12h.01', 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z', 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z'],
  copy: ['M9 9h10v11H9z', 'M6 15H5V4h10v2'],
  link: ['M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1', 'M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1'],
  download: ['M12 4v11', 'M7.5 11 12 15.5 16.5 11', 'M5 20h14'],
  target: ['M12 6.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11z', 'M12 3v4', 'M12 17v4', 'M3 12h4', 'M17 12h4'],
  arrow: ['M12 20V5', 'M6.5 10.5 12 5l5.5 5.5'],
  check: ['M5 12.5 10 17.5 19.5 7'],
  eye: ['M3 12s3.3-6 9-6 9 6 9 6-3.3 6-9 6-9-6-9-6z', 'M12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z'],
  time: ['M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z', 'M12 7.5V12l3.2 2'],
  play: ['M8 5.5v13l10.5-6.5z'],
  pause: ['M8.5 5.5v13', 'M15.5 5.5v13'],
  edit: ['M4.5 19.5l1-4.2L16.2 4.6a1.6 1.6 0 0 1 2.3 0l.9.9a1.6 1.6 0 0 1 0 2.3L8.7 18.5z', 'M14 7l3 3'],
  undo: ['M8.5 5 4.5 9l4 4', 'M4.5 9H14a5 5 0 0 1 0 10h-3'],
  redo: ['M15.5 5l4 4-4 4', 'M19.5 9H10a5 5 0 0 0 0 10h3'],
  back: ['M14.5 5.5 8 12l6.5 6.5'],
  on: ['M9.5 5.5 16 12l-6.5 6.5'],
  bin: ['M5 7h14', 'M9.5 7V4.5h5V7', 'M7 7l1 13h8l1-13', 'M10.5 11v5.5', 'M13.5 11v5.5'],
  key: ['M8 11.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8z', 'M11 12.7 19.5 4.2', 'M16 7.7l2.5 2.5'],
  out: ['M14 4.5H5.5v15H14', 'M10 12h10', 'M16.5 8.5 20 12l-3.5 3.5'],
  more: ['M6 9l6 6 6-6'],
  forward: ['M9 6l6 6-6 6'],
  up: ['M6 15l6-6 6 6'],
  grip: ['M9 7h.01', 'M15 7h.01', 'M9 12h.01', 'M15 12h.01', 'M9 17h.01', 'M15 17h.01'],
  print: ['M7 9V4h10v5', 'M7 17H4V9.5h16V17h-3', 'M7 14h10v6H7z'],
  share: ['M12 15V4', 'M8 7.5 12 3.5l4 4', 'M6.5 11H5v9h14v-9h-1.5'],
  pin: ['M12 21s6.5-6 6.5-11a6.5 6.5 0 0 0-13 0c0 5 6.5 11 6.5 11z', 'M12 8a2.2 2.2 0 1 0 0 4.4A2.2 2.2 0 0 0 12 8z'],
} as const;

export type IconName = keyof typeof shapes;

export function icon(name: IconName): SVGElement {
  return svg('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true', focusable: 'false' },
    ...shapes[name].map((d) => svg('path', { d })));
}

/** An arrow in a direction, degrees clockwise from north. */
export function arrow(bearing: number): SVGElement {
  return svg('svg', { viewBox: '0 0 24 24', class: 'icon arrow', 'aria-hidden': 'true' },
    svg('g', { transform: `rotate(${bearing.toFixed(0)} 12 12)` }, ...shapes.arrow.map((d) => svg('path', { d }))));
}
