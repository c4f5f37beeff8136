/**
 * A number as people read it: French ones in pairs, others as they are.
 * @param {string} e164 `+33639980012`
 */
export function readablePhone(e164) {
  const french = /^\+33([1-9])((?:\d\d){4})$/.exec(e164);
  if (!french) return e164;
  return `0${french[1]}\u00a0${french[2].replace(/(\d\d)(?=\d)/g, '$1\u00a0')}`;
}
