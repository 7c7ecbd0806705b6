/**
 * The benchmark's figures as a table for people, each against its bound where it has one.
 */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** The most that is allowed, with what it says in the table; null: no bound, for information. */
  bound: number | null;
}

export type Verdict = 'ok' | 'over bound' | 'not measured' | '';

export function verdictOf(figure: Figure): Verdict {
  if (Number.isNaN(figure.value)) return 'not measured';
  if (figure.bound === null) return '';
  return figure.value <= figure.bound ? 'ok' : 'over bound';
}

export function formatTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    Number.isNaN(figure.value) ? '-' : `${formatNumber(figure.value)} ${figure.unit}`,
    figure.bound === null ? '' : `≤ ${formatNumber(figure.bound)} ${figure.unit}`,
    verdictOf(figure),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(([name = '', value = '', bound = '', verdict = '']) =>
      `  ${name.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)}  ${bound.padStart(widths[2] ?? 0)}  ${verdict}`.trimEnd(),
    )
    .join('\n');
}

function formatNumber(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 100 || Number.isInteger(value)) return value.toFixed(0);
  return value.toFixed(magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 3);
}
