/** Whether two texts are the same, taking a time that depends on their lengths alone. */
export function isSameInConstantTime(one: string, other: string): boolean {
  let difference = one.length ^ other.length;
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    // Beyond an end there is NaN, which these operators read as 0; the lengths have told that already.
    difference |= one.charCodeAt(index) ^ other.charCodeAt(index);
  }
  return difference === 0;
}
