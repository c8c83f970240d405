/** What STS takes as a source identity: it shows who a session was for in CloudTrail, over all roles it goes through. */
const ALLOWED = /^[\w+=,.@-]{2,64}$/;
/** A mapped identity ends so. A name that looks mapped is mapped too, so that nobody can be taken for another. */
const MAPPED = /=[0-9a-f]{12}$/;
const NAME_LENGTH_MAX = 64 - 13;

/**
 * The person as an STS source identity: the name itself where STS takes it, else its allowed characters and twelve digits of
 * the hash of `identity`. Two people never get the same one, but for a collision of these digits. `identity` says who it is
 * for certain; `name` is what people read.
 */
export function formatSourceIdentity(
  person: { readonly name: string; readonly identity: string },
  sha256: (data: string) => string,
): string {
  const { name, identity } = person;
  if (name === identity && ALLOWED.test(name) && !MAPPED.test(name) && !/^aws:/i.test(name)) return name;
  const readable = name
    .normalize("NFKC")
    .replace(/[^\w+=,.@-]/g, "_")
    .slice(0, NAME_LENGTH_MAX);
  return `${readable}=${sha256(identity).slice(0, 12)}`;
}
