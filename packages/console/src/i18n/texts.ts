// Chooses the language: what was chosen here before, else the browser's, else English. A new language is one file
// beside this one and one line in `languages`.
import { createContext, useContext } from 'react';
import { en, type Texts } from './en.ts';
import { fr } from './fr.ts';
import { sw } from './sw.ts';

export const languages: Record<string, Texts> = { en, fr, sw };

const STORED_AS = 'openline.language';

export function firstLanguage(stored: string | null, preferred: readonly string[]): string {
  const wishes = [stored ?? '', ...preferred.map((tag) => tag.split('-')[0] ?? '')];
  return wishes.find((wish) => wish in languages) ?? 'en';
}

/** How times and numbers are written: as in the reader's own region, where the browser says which for this language. */
export function localeOf(language: string, preferred: readonly string[]): string {
  return preferred.find((tag) => tag === language || tag.startsWith(`${language}-`)) ?? language;
}

export function loadLanguage(): string {
  return firstLanguage(localStorage.getItem(STORED_AS), navigator.languages);
}

export function keepLanguage(language: string): void {
  localStorage.setItem(STORED_AS, language);
}

export interface Language {
  code: string;
  /** For `Intl`. */
  locale: string;
  texts: Texts;
  choose: (code: string) => void;
}

export const LanguageContext = createContext<Language>({
  code: 'en',
  locale: 'en',
  texts: en,
  choose: () => {},
});

export function useTexts(): Texts {
  return useContext(LanguageContext).texts;
}

export function useLanguage(): Language {
  return useContext(LanguageContext);
}
