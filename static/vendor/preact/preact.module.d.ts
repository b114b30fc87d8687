/** The part of Preact's types that our pages use, by hand; nothing of this is loaded. */
export interface VNode {
  type: unknown
  props: Record<string, unknown>
  key: unknown
}
export type Child = VNode | string | number | boolean | null | undefined | Child[]
export type Ref<T> = { current: T | null }
// biome-ignore lint/suspicious/noExplicitAny: elements and components take what they take
export function h(type: any, props?: any, ...children: any[]): VNode
export function render(child: Child, into: Element): void
export const options: object
