/**
 * Looks at the certificate that the station was given again and again: such are short-lived, and somebody puts new ones into
 * the place of the old. Files that do not go together, as between the writing of the one and of the other, change
 * nothing. Used by main.ts.
 */
import { readGivenIdentity, type TlsIdentity } from './tls-identity.ts';

const EVERY_MS = 60_000;

export interface RenewalOptions {
  files: { certificate: string; key: string };
  /** What is shown now. */
  identity: TlsIdentity;
  onRenewed: (identity: TlsIdentity) => void;
  /** Once for each problem, not for each look. */
  onProblem: (problem: string) => void;
}

export interface IdentityRenewal {
  /** Now, beside the looks of every minute. */
  look(): Promise<void>;
  stop(): void;
}

export function startIdentityRenewal(options: RenewalOptions): IdentityRenewal {
  let { identity } = options;
  let told = '';

  const problemOf = async (): Promise<string> => {
    const given = await readGivenIdentity(options.files);
    if (!given.ok) return given.problem;
    const isSame = given.identity.certificate === identity.certificate && given.identity.key === identity.key;
    if (isSame) return '';
    try {
      options.onRenewed(given.identity);
      ({ identity } = given);
      return '';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };

  const look = async (): Promise<void> => {
    const problem = await problemOf();
    if (problem !== '' && problem !== told) options.onProblem(problem);
    told = problem;
  };

  const timer = setInterval(() => void look(), EVERY_MS);
  return { look, stop: () => clearInterval(timer) };
}
