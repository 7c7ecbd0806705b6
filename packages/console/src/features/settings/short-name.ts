// Short names of lines and users: made of what they are called, so that nobody has to think one up.
export function shortName(name: string, taken: readonly string[]): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 28);
  if (plain === '' || !taken.includes(plain)) return plain;
  for (let count = 2; ; count += 1) {
    const next = `${plain}-${count}`;
    if (!taken.includes(next)) return next;
  }
}
