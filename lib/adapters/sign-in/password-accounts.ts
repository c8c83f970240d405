import type { SignInGateway } from "#lib/services/ports/people.ts";
import type { Auth } from "./auth-instance.ts";

type PasswordAccounts = Pick<SignInGateway, "setPassword" | "isPassword" | "hasPassword">;

/** Passwords as better-auth keeps them: scrypt, one to a person. */
export function createPasswordAccounts(auth: Auth): PasswordAccounts {
  async function findHash(personKey: string): Promise<string | null> {
    const { adapter, internalAdapter } = await auth.$context;
    const user = await findUser(adapter, personKey);
    if (user === null) return null;
    return (await internalAdapter.findCredentialAccount(user.id))?.password ?? null;
  }
  return {
    async setPassword({ personKey, email, password }) {
      const { adapter, internalAdapter, password: passwords } = await auth.$context;
      const hash = await passwords.hash(password);
      const user =
        (await findUser(adapter, personKey)) ??
        (await internalAdapter.createUser({ email, name: personKey, emailVerified: false }, { method: "admin" }));
      const account = await internalAdapter.findCredentialAccount(user.id);
      if (account !== null) await internalAdapter.updatePassword(user.id, hash);
      else
        await internalAdapter.createAccount({
          userId: user.id,
          providerId: "credential",
          accountId: user.id,
          password: hash,
        });
    },
    async isPassword(personKey, password) {
      const { password: passwords } = await auth.$context;
      const hash = await findHash(personKey);
      return hash !== null && (await passwords.verify({ hash, password }));
    },
    hasPassword: async (personKey) => (await findHash(personKey)) !== null,
  };
}

export async function findUser(
  adapter: Awaited<Auth["$context"]>["adapter"],
  personKey: string,
): Promise<{ readonly id: string } | null> {
  // better-auth calls it `name`; it is the key (auth-instance.ts).
  return adapter.findOne<{ id: string }>({ model: "user", where: [{ field: "name", value: personKey }] });
}
