import { describe, expect, it } from 'vitest';
import { isWithin, kindOf, schemaAt, valueAt, withValue } from './settings-path.ts';

const document = { lines: [{ id: 'one' }, { id: 'two', register: { server: 'sip:a' } }], host: null };

describe('a place in the settings', () => {
  it('is read', () => {
    expect(valueAt(document, 'lines[1].register.server')).toBe('sip:a');
    expect(valueAt(document, 'lines[4].register.server')).toBeUndefined();
    expect(valueAt(document, 'host.username')).toBeUndefined();
  });

  it('is changed in a copy, what lies between being made', () => {
    const next = withValue(document, 'host.username', 'desk');
    expect(next).toEqual({ ...document, host: { username: 'desk' } });
    expect(next.lines).toBe(document.lines);
    expect(withValue(document, 'lines[0].id', 'first').lines).toEqual([{ id: 'first' }, document.lines[1]]);
    expect(document.host).toBeNull();
  });

  it('is taken out', () => {
    expect(withValue(document, 'lines[1].register', undefined).lines[1]).toEqual({ id: 'two' });
  });

  it('is within what holds it', () => {
    expect(isWithin('lines[0].id', 'lines')).toBe(true);
    expect(isWithin('lines[0].id', 'lines[0]')).toBe(true);
    expect(isWithin('linesman', 'lines')).toBe(false);
    expect(kindOf('lines[12].accounts[3].username')).toBe('lines[].accounts[].username');
  });

  it('has its schema, with what may be null told apart', () => {
    const schema = {
      properties: {
        lines: {
          items: {
            properties: {
              register: { anyOf: [{ properties: { server: { type: 'string' } } }, { type: 'null' }] },
            },
          },
        },
      },
    };
    expect(schemaAt(schema, 'lines[0].register')).toMatchObject({ isNullable: true });
    expect(schemaAt(schema, 'lines[0].register.server')).toEqual({
      schema: { type: 'string' },
      isNullable: false,
    });
    expect(schemaAt(schema, 'lines[0].colour')).toBeNull();
  });

  it('of several kinds of thing has the settings of all of them', () => {
    const kinds = [
      { properties: { type: { enum: ['a'] }, port: { type: 'integer' } } },
      { properties: { type: { enum: ['b'] }, device: { anyOf: [{ type: 'string' }, { type: 'null' }] } } },
    ];
    const schema = { properties: { outputs: { items: { oneOf: kinds } } } };
    expect(schemaAt(schema, 'outputs[3].port')).toEqual({ schema: { type: 'integer' }, isNullable: false });
    expect(schemaAt(schema, 'outputs[0].device')).toEqual({ schema: { type: 'string' }, isNullable: true });
    expect(schemaAt(schema, 'outputs[0].colour')).toBeNull();
  });
});
