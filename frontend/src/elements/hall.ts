// The hall's wall: says when the city does not answer, and starts over where it is somebody else's page by now.
const WALL = "#hall";

function wall(event: Event): HTMLElement | null {
  return event.target instanceof HTMLElement && event.target.matches(WALL) ? event.target : null;
}

function away(event: Event): void {
  wall(event)?.setAttribute("data-away", "");
}

document.addEventListener("htmx:sendError", away);
document.addEventListener("htmx:timeout", away);
document.addEventListener("htmx:responseError", away);
document.addEventListener("htmx:afterOnLoad", (event) => {
  const hall = wall(event);
  if (!hall) return;
  const answer = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr;
  if (answer.status !== 200) return;
  hall.removeAttribute("data-away");
  // The session ended: the answer is the sign-in page, which has no wall.
  if (!answer.responseText.includes('id="hall-head"')) location.reload();
});
