/** The one function used of a package that ships no types. */
declare module 'fs-native-extensions' {
  /** Takes an exclusive lock on a whole open file (an open-file-description lock); false if held. */
  export function tryLock(fd: number): boolean
}
