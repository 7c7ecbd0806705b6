import { expect, it } from 'vitest';
import { signInLinkOf } from './sign-in-link.ts';

it('takes name and password of a link to the page of the same machine, and of no other', () => {
  const hash = '#sign-in=Anna:a_Secret-1';
  const here = { name: 'Anna', password: 'a_Secret-1' };
  expect(signInLinkOf({ hostname: '127.0.0.1', hash })).toEqual(here);
  expect(signInLinkOf({ hostname: 'localhost', hash })).toEqual(here);
  expect(signInLinkOf({ hostname: 'radio.example', hash })).toBeNull();
  expect(signInLinkOf({ hostname: 'localhost.example', hash })).toBeNull();
});

it.each(['', '#', '#sign-in=', '#sign-in=Anna', '#sign-in=Anna:', '#sign-in=An na:x', '#/calls'])(
  'finds nothing in %j',
  (hash) => {
    expect(signInLinkOf({ hostname: 'localhost', hash })).toBeNull();
  },
);
