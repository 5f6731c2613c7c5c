// Field tasks 核实、核查: in walking order where the place is known, each with the form its row of the table asks for.
import type { Question, Task, Verb } from "./asking";
import { PictureField } from "./pictures";
import { PlaceField, placeQuestions } from "./place";
import { type Fix, lengthOf, metresBetween, type Point, routed } from "./places";
import * as store from "./store";
import type { Item } from "./store";
import { distance, make, say } from "./words";

export interface TaskHooks {
  scope(): string;
  map(): HTMLElement | undefined;
  fixed(fix: Fix): void;
  saved(item: Item): void;
}

type Placed = Task & Point;

export function drawTasks(
  root: HTMLElement,
  line: HTMLElement,
  tasks: readonly Task[],
  here: Point | undefined,
  waiting: ReadonlySet<string>,
  asOf: string,
): void {
  const placed = tasks.filter((task): task is Placed => task.lon !== null && task.lat !== null);
  const others = tasks.filter((task) => task.lon === null || task.lat === null);
  const open = placed.filter((task) => !waiting.has(task.number));
  const done = placed.filter((task) => waiting.has(task.number));
  const way = here ? routed(here, open) : open;
  const order = here && way.length ? say("route", { metres: distance(lengthOf(here, way)) }) : say("route_unknown");
  line.textContent = [tasks.length ? order : say("no_tasks"), asOf ? say("tasks_as_of", { time: asOf }) : ""].join(" ");
  root.replaceChildren(...[...way, ...others, ...done].map((task) => taskLine(task, here, waiting.has(task.number))));
}

function taskLine(task: Task, here: Point | undefined, waits: boolean): HTMLLIElement {
  const link = make("a", "task", make("b", "", task.category), make("span", "stage", task.stage_words));
  link.href = `#task/${encodeURIComponent(task.number)}`;
  const away = here && task.lon !== null && task.lat !== null ? distance(metresBetween(here, task as Placed)) : "";
  const time = make("span", "task-time", `${signOf(task.urgency)}${task.time_words}`);
  time.dataset["urgency"] = task.urgency;
  link.append(make("span", "place", [task.place, away].filter(Boolean).join(" · ")), waits ? make("span", "quiet", say("task_waits")) : time);
  return make("li", "", link);
}

function signOf(urgency: string): string {
  const sign = { overdue: "▲", soon: "◔", on_time: "●", paused: "‖" }[urgency];
  return sign ? `${sign} ` : "";
}

/** One task: what is known of it, its pictures as far as they are kept, and a form for each of its verbs. */
export async function drawTask(root: HTMLElement, task: Task, hooks: TaskHooks, before?: Item): Promise<void> {
  const facts = make("div", "task-facts", make("h2", "", task.category), make("p", "place", task.place));
  if (task.description) facts.append(make("p", "", task.description));
  facts.append(make("p", "quiet", `${task.number} · ${task.stage_words} · ${task.time_words}`));
  const pictures = make("div", "task-pictures");
  for (const address of task.pictures) {
    const kept = await store.remembered<string>(pictureName(hooks.scope(), address));
    if (!kept) continue;
    const picture = make("img");
    Object.assign(picture, { src: kept, alt: say("photo_of", { n: pictures.childElementCount + 1 }), width: 160, height: 120 });
    pictures.append(picture);
  }
  const back = make("a", "button secondary", say("back"));
  back.href = "#tasks";
  const forms = task.verbs.length ? task.verbs.map((verb) => verbForm(task, verb, hooks, before)) : [make("p", "quiet", say("no_verbs"))];
  root.replaceChildren(back, facts, pictures, ...forms);
}

export function pictureName(scope: string, address: string): string {
  return `picture:${scope}:${address}`;
}

function verbForm(task: Task, verb: Verb, hooks: TaskHooks, before: Item | undefined): HTMLElement {
  const form = make("form", "sheet");
  form.noValidate = true;
  form.dataset["verb"] = verb.verb;
  const error = make("p", "error");
  error.setAttribute("role", "alert");
  const pictures: PictureField[] = [];
  let place: PlaceField | undefined;
  for (const question of verb.questions) {
    if (question.kind === "photos") {
      const field = photoQuestions(question);
      form.append(field);
      pictures.push(new PictureField(field, hooks.scope, () => place?.offer(pictures.reduce((told, each) => ({ ...told, ...each.told }), {}))));
    } else if (question.kind === "place") {
      const field = placeQuestions(question.label);
      form.append(field);
      place = new PlaceField(field, hooks.map, hooks.fixed, () => undefined);
    } else form.append(question.kind === "choice" ? choice(task, verb, question) : words(verb, question));
  }
  const save = make("button", "primary large", verb.label);
  form.append(error, make("p", "buttons", save));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void keep(form, task, verb, pictures, place, hooks, before).then((wrong) => (error.textContent = wrong));
  });
  const details = make("details", "verb", make("summary", "", verb.label), form);
  details.name = "verbs";
  details.open = before ? before.verb === verb.verb : false;
  details.addEventListener("toggle", () => details.open && void place?.locate(true));
  if (details.open && before) void pictures[0]?.show(Object.values(before.pictures).flat());
  return details;
}

async function keep(
  form: HTMLFormElement,
  task: Task,
  verb: Verb,
  pictures: readonly PictureField[],
  place: PlaceField | undefined,
  hooks: TaskHooks,
  before: Item | undefined,
): Promise<string> {
  const body: Record<string, unknown> = {};
  for (const question of verb.questions) {
    const given = valueOf(form, question, pictures, place);
    if (question.required && !given) return question.kind === "place" ? say("need_place") : say("need_answer", { name: question.label });
    if (!given || question.kind === "photos") continue;
    if (question.kind === "place") body["evidence"] = { [question.name]: place?.location };
    else body[question.name] = given;
  }
  const item: Item = {
    key: before?.key ?? `field:${crypto.randomUUID()}`,
    scope: hooks.scope(),
    kind: "move",
    state: "waiting",
    createdAt: before?.createdAt ?? Date.now(),
    title: `${verb.label} · ${task.category}`,
    body,
    pictures: Object.fromEntries(pictures.map((each) => [each.kind, [...each.ids]])),
    number: task.number,
    verb: verb.verb,
    version: task.version,
  };
  try {
    await store.keepItem(item);
  } catch {
    return say("storage_full");
  }
  hooks.saved(item);
  return "";
}

function valueOf(form: HTMLFormElement, question: Question, pictures: readonly PictureField[], place: PlaceField | undefined): string {
  if (question.kind === "photos") return pictures.find((each) => each.kind === question.name)?.ids.join(" ") ?? "";
  if (question.kind === "place") return place?.fix ? "yes" : "";
  return String(new FormData(form).get(question.name) ?? "").trim();
}

function choice(task: Task, verb: Verb, question: Question): HTMLElement {
  const set = make("fieldset", "field", make("legend", "", question.label));
  const choices = question.choices.map(([value, label]) => {
    const input = make("input");
    Object.assign(input, { type: "radio", name: question.name, value });
    return make("label", "choice", input, " ", make("span", "", label));
  });
  set.append(make("div", "choices two", ...choices));
  set.id = `${verb.verb}-${task.number}-${question.name}`;
  return set;
}

function words(verb: Verb, question: Question): HTMLElement {
  const input = make("textarea");
  Object.assign(input, { name: question.name, rows: 2, maxLength: 2000, id: `${verb.verb}-${question.name}` });
  const label = make("label", "label", question.label);
  label.htmlFor = input.id;
  return make("div", "field", label, input);
}

function photoQuestions(question: Question): HTMLElement {
  const field = make("div", "field");
  Object.assign(field.dataset, { photos: question.name, most: "6" });
  const input = (camera: boolean): HTMLInputElement => {
    const made = make("input", "visually-hidden");
    Object.assign(made, { type: "file", accept: "image/*", multiple: !camera });
    if (camera) made.setAttribute("capture", "environment");
    return made;
  };
  const error = make("p", "error");
  error.setAttribute("role", "alert");
  field.append(
    make("label", "shoot", make("span", "", say("take_photo", { name: question.label })), input(true)),
    make("label", "gallery-pick plain-file", say("from_album"), " ", input(false)),
    make("div", "previews"),
    error,
  );
  return field;
}
