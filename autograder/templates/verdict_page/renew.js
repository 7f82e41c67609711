// Puts each new verdict in the place of the old one. The page may stand in a frame without an origin of its own, so the
// address of the stream carries its own key; when that has run out, the page is asked for again.
const main = document.querySelector("main"), state = document.querySelector("#state");
const stream = new EventSource(document.body.dataset.events);

stream.addEventListener("judging", (event) => { state.textContent = JSON.parse(event.data).sentence; });
stream.addEventListener("renewed", (event) => {
  const told = JSON.parse(event.data);
  const open = new Set(Array.from(main.querySelectorAll("details[open]"), (each) => each.id));
  const focused = document.activeElement && document.activeElement.id;
  main.innerHTML = told.html;
  document.title = told.title;
  for (const each of main.querySelectorAll("details")) each.open = open.has(each.id);
  if (focused && document.getElementById(focused)) document.getElementById(focused).focus({ preventScroll: true });
  state.textContent = told.sentence;
});
stream.addEventListener("open", () => { state.classList.remove("lost"); });
stream.addEventListener("error", () => {
  state.classList.add("lost");
  state.textContent = "No connection to the Jupyter server. Trying again …";
  if (stream.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 2000);
});
if (window.top !== window.self) document.body.classList.add("in-a-panel");
