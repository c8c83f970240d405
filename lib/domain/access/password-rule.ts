export const PASSWORD_LENGTH_MIN = 12;
export const PASSWORD_LENGTH_MAX = 128;

/** Of the passwords that people choose most: what is left of them without the digits and signs at their end. */
const COMMON = new Set(
  `administrator administrador adminadmin adminpassword basketball butterfly changeme changemenow chocolate computer
  correcthorsebatterystaple defaultpassword football freedom iloveyou iloveyouforever letmein letmeinnow liverpool
  lockkeeper master masterpassword michael mypassword mypasswordis nothing opensesame password passwordpassword
  passw passwort passwortpasswort princess qwerty qwertyuiop qwertyuiopasdf qwertyuiopasdfgh qwertyqwerty qwertzuiop
  rockyou secret secretpassword sunshine superman terraform terraformterraform thisismypassword trustno trustnoone
  welcome welcomewelcome asdfghjkl asdfghjklasdf zxcvbnm zxcvbnmasdf abcdefgh abcdefghijkl abcdefghijklm abcabcabc
  azertyuiop manchester manchesterunited starwars whatever whateveryouwant pokemon dragon dragondragon monkeymonkey`
    .split(/\s+/)
    .filter((word) => word !== ""),
);

/** What is wrong with a new password, and what to do; null when it will do. Never quotes it. */
export function findPasswordProblem(password: string, email: string): string | null {
  const length = [...password].length;
  if (length < PASSWORD_LENGTH_MIN)
    return `The password is too short. Take at least ${PASSWORD_LENGTH_MIN} characters.`;
  if (password.length > PASSWORD_LENGTH_MAX)
    return `The password is too long. Take at most ${PASSWORD_LENGTH_MAX} characters.`;
  const folded = password.normalize("NFKC").toLowerCase();
  if (isCommon(folded))
    return "The password is one that many people use. Take several words that do not belong together.";
  const [mailbox = ""] = email.split("@");
  if (folded === email || (mailbox.length >= 4 && folded.replaceAll(mailbox, "").length < PASSWORD_LENGTH_MIN / 2))
    return "The password is made of the e-mail address. Take several words that do not belong together.";
  return null;
}

function isCommon(folded: string): boolean {
  const core = folded.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, "");
  const plain = core.replaceAll("@", "a").replaceAll("0", "o").replaceAll("$", "s").replaceAll("1", "i");
  return core === "" || COMMON.has(core) || COMMON.has(plain) || new Set(folded).size < 5 || isRun(folded);
}

/** One sequence from beginning to end, such as 123456789012 or abcdefghijkl, forwards or backwards. */
function isRun(text: string): boolean {
  const steps = [...text].slice(1).map((character, index) => (character.codePointAt(0) ?? 0) - text.charCodeAt(index));
  return steps.filter((step) => Math.abs(step) <= 1).length >= steps.length - 1;
}
