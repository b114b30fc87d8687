/** The part of preact/hooks' types that our pages use, by hand; nothing of this is loaded. */
import type { Ref } from './preact.module.js'
type Set<T> = (next: T | ((before: T) => T)) => void
export function useState<T>(first: T | (() => T)): [T, Set<T>]
export function useRef<T>(first: T | null): Ref<T>
export function useMemo<T>(make: () => T, inputs: unknown[]): T
export function useEffect(run: () => void | (() => void), inputs?: unknown[]): void
export function useLayoutEffect(run: () => void | (() => void), inputs?: unknown[]): void
export function useId(): string
