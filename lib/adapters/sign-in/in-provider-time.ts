const PROVIDER_MS_MAX = 10_000;

/** What the provider is asked for, or an error once it has been silent for too long: better-auth itself would wait on. */
export async function inProviderTime<T>(asked: Promise<T>): Promise<T> {
  const silence = Promise.withResolvers<never>();
  const timer = setTimeout(() => silence.reject(new Error("the provider did not answer in time")), PROVIDER_MS_MAX);
  try {
    return await Promise.race([asked, silence.promise]);
  } finally {
    clearTimeout(timer);
  }
}
