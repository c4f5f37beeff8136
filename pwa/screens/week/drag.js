// Dragging with a mouse or a pen: over empty hours it makes an opening, on an occurrence it carries it elsewhere. A
// finger scrolls; for it, as for the keyboard, the same is done from what a tap opens.

import { carried, made, timesOf } from '../../week/drag.js';
import { ROW_MINUTES } from '../../week/days.js';

/** Less is a hand that is not steady. */
const THRESHOLD_PX = 6;

/**
 * @param {object} parts
 * @param {() => import('./frame.js').WeekFrame} parts.frame
 * @param {(day: string, row: number, only: string | null) => void} parts.point a thing was pointed at, and not dragged
 * @param {(day: string, hours: {from: number, to: number}) => void} parts.make
 * @param {(id: string, day: string, from: string, to: string) => void} parts.move
 * @returns {(event: PointerEvent) => void} what a press on the hours begins
 */
export function createDrag({ frame, point, make, move }) {
  return (event) => {
    if (event.button !== 0) return;
    const body = /** @type {HTMLElement} */ (event.currentTarget);
    const ghost = /** @type {HTMLElement} */ (body.querySelector('.week-ghost'));
    const block = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest('.week-block'));
    const { days, hours, clock } = frame();
    const lanes = /** @type {HTMLElement[]} */ ([...body.querySelectorAll('.week-lanes')]);
    const start = pointAt(event, lanes, hours);
    if (!start) return;
    const carries = block?.hasAttribute('data-movable') ? days.flatMap(({ blocks }) => blocks).find(({ item }) => item.id === block.dataset.id) : null;
    const may = event.pointerType !== 'touch' && (!block || carries);
    /** @type {import('../../week/drag.js').Hours | null} */
    let dragged = null;

    /** @param {PointerEvent} now */
    const go = (now) => {
      if (!may || (!dragged && Math.hypot(now.clientX - event.clientX, now.clientY - event.clientY) < THRESHOLD_PX)) return;
      const end = pointAt(now, lanes, hours) ?? start;
      dragged = carries ? carried(carries, start, end) : made(start, end);
      const column = /** @type {HTMLElement} */ (lanes.find((one) => one.dataset.day === dragged?.day));
      const box = column.getBoundingClientRect();
      const whole = body.getBoundingClientRect();
      ghost.hidden = false;
      ghost.style.cssText = `left:${box.left - whole.left}px;width:${box.width}px;--from:${dragged.from};--for:${dragged.to - dragged.from}`;
      ghost.textContent = `${clock(dragged.from)}\u00a0– ${clock(dragged.to)}`;
    };
    const end = () => {
      ghost.hidden = true;
      removeEventListener('pointermove', go);
      removeEventListener('pointerup', drop);
      removeEventListener('pointercancel', end);
      removeEventListener('keydown', leave, true);
    };
    const drop = () => {
      const hours = dragged;
      end();
      // The click that follows belongs to this press, and to nothing that lies below.
      if (block || hours) addEventListener('click', swallow, { capture: true, once: true });
      setTimeout(() => removeEventListener('click', swallow, true));
      if (!hours) {
        if (block) point(start.day, rowOf(start.minute), block.dataset.id ?? null);
      } else if (carries) move(carries.item.id, hours.day, ...timesOf(hours));
      else make(hours.day, hours);
    };
    /** @param {KeyboardEvent} key */
    const leave = (key) => {
      if (key.key !== 'Escape') return;
      key.stopPropagation();
      dragged = null;
      end();
    };
    addEventListener('pointermove', go);
    addEventListener('pointerup', drop);
    addEventListener('pointercancel', end);
    addEventListener('keydown', leave, true);
  };
}

/** @param {Event} event */
function swallow(event) {
  event.stopPropagation();
  event.preventDefault();
}

/** @param {number} minute */
function rowOf(minute) {
  return Math.floor(minute / ROW_MINUTES) * ROW_MINUTES;
}

/**
 * @param {PointerEvent} event
 * @param {HTMLElement[]} lanes
 * @param {{from: number, to: number}} hours
 * @returns {import('../../week/drag.js').Point | null}
 */
function pointAt({ clientX, clientY }, lanes, { from, to }) {
  for (const lane of lanes) {
    const { left, right, top, height } = lane.getBoundingClientRect();
    if (clientX < left || clientX >= right) continue;
    const share = Math.min(1, Math.max(0, (clientY - top) / height));
    return { day: lane.dataset.day ?? '', minute: Math.min(to - 1, from + Math.floor(share * (to - from))) };
  }
  return null;
}
