// Months as numbers, for a slider over them.

/** The number of a day's month: 0 is January of year 0. */
export function monthOf(day: string): number {
  const [year, month] = day.split('-').map(Number);
  return (year ?? 0) * 12 + (month ?? 1) - 1;
}

/** The first day of a month, YYYY-MM-DD. */
export function firstDay(month: number): string {
  const year = Math.floor(month / 12);
  return `${String(year).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}-01`;
}

/**
 * The months that a slider goes over: from the first in the data, but no longer
 * ago than 30 years, to 2035 or the last in the data.
 */
export function span(dates: readonly [string, string], today: string): { first: number; last: number } {
  const now = monthOf(today);
  return { first: Math.max(monthOf(dates[0]), now - 360), last: Math.max(monthOf(dates[1]), monthOf('2035-12-01')) };
}
