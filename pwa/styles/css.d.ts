// A style sheet that a later part of the terminal imports is text (tools/build/lazy-styles.mjs).
declare module '*.css' {
  const text: string;
  export default text;
}
