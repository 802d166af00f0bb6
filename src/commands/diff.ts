// Where people look for it first: `flowferry diff` is `flowferry snapshot diff`.
export { default } from './snapshot/diff.ts';
