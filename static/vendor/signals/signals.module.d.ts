/** The part of @preact/signals' types that our pages use, by hand; nothing of this is loaded. */
export interface ReadonlySignal<T> {
  readonly value: T
  peek(): T
}
export interface Signal<T> extends ReadonlySignal<T> {
  value: T
}
export function signal<T>(first: T): Signal<T>
export function computed<T>(make: () => T): ReadonlySignal<T>
export function effect(run: () => void | (() => void)): () => void
export function batch<T>(run: () => T): T
export function untracked<T>(run: () => T): T
