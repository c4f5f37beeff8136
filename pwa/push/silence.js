/**
 * Whoever leaves takes their notifications along: those that are on show, and those that would come.
 * @returns {Promise<void>} never rejects: the server sends nothing to a terminal that has left
 */
export async function silence() {
  try {
    const registration = await navigator.serviceWorker?.getRegistration();
    for (const notice of (await registration?.getNotifications()) ?? []) notice.close();
    await (await registration?.pushManager?.getSubscription())?.unsubscribe();
  } catch {
    // A push service that is away hears of it from ours, which gets no answer any more.
  }
}
