import type { Metadata } from "next";

export const metadata: Metadata = { title: "Sign in" };

export default function SignInPage() {
  return <h1 className="p-5 font-semibold text-lg">Sign in</h1>;
}
