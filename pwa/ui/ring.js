import { svg } from 'lit-html';

/**
 * How much of the time until the deadline has gone.
 * @param {string} createdAt
 * @param {string} dueAt
 * @param {number} now milliseconds
 * @returns {number} 0 at the start, 1 at the deadline and after it
 */
export function elapsedShare(createdAt, dueAt, now) {
  const [start, end] = [Date.parse(createdAt), Date.parse(dueAt)];
  if (end <= start) return 1;
  return Math.min(1, Math.max(0, (now - start) / (end - start)));
}

/**
 * A ring that closes as the deadline nears. It is a picture of words that stand beside it.
 * @param {number} share from 0 to 1
 */
export function ring(share) {
  const closed = Math.round(share * 100);
  return svg`<svg class="ring" viewBox="0 0 36 36" width="36" height="36" aria-hidden="true"
    data-stage=${share >= 1 ? 'late' : share >= 0.75 ? 'near' : 'calm'}>
    <circle class="ring-track" cx="18" cy="18" r="15" fill="none" stroke-width="4"></circle>
    <circle class="ring-value" cx="18" cy="18" r="15" fill="none" stroke-width="4" pathLength="100"
      stroke-dasharray="${closed} 100" transform="rotate(-90 18 18)"></circle>
  </svg>`;
}
