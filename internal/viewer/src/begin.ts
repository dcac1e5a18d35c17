// Runs before the rest of the scripts has come. It shares a chunk with the page.
import './api/beginning.ts';

// The bold faces, which the panels and the map's labels need: a face that comes
// after the panels have been drawn has all of them laid out and drawn again.
void document.fonts.load("600 14px 'Be Vietnam Pro'", 'Hà Nội ạ');
