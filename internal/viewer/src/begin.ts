// Runs before the rest of the scripts has come. It shares a chunk with the page.
import './api/beginning.ts';
