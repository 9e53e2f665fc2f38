import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { Button } from './parts.tsx'

interface DialogProps {
  readonly title: string
  readonly wide?: boolean
  readonly children: ComponentChildren
  /** Buttons; none: it is closed by its cross or by Escape alone. */
  readonly foot?: ComponentChildren
  readonly testId?: string
  onClose(): void
}

/** A modal dialog, open for as long as it is rendered. Focus returns to where it was. */
export function Dialog({ title, wide, children, foot, testId, onClose }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  // Closed while it is in the page still: else the focus does not return.
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      class={wide === true ? 'dialog wide' : 'dialog'}
      aria-labelledby={id}
      data-testid={testId}
      onClose={onClose}
    >
      <div class="dialog-head">
        <h2 id={id}>{title}</h2>
        <Button kind="quiet" icon="cross" label="Close" onClick={onClose} />
      </div>
      <div class="dialog-body">{children}</div>
      {foot !== undefined && <div class="dialog-foot">{foot}</div>}
    </dialog>
  )
}

interface ConfirmProps {
  readonly title: string
  readonly children: ComponentChildren
  /** What the button that does it says. */
  readonly act: string
  readonly danger?: boolean
  onConfirm(): void
  onClose(): void
}

/** Asks before something that is not undone by another click. */
export function Confirm({ title, children, act, danger, onConfirm, onClose }: ConfirmProps) {
  const confirm = () => {
    onClose()
    onConfirm()
  }
  const foot = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button kind={danger === true ? 'danger' : 'primary'} onClick={confirm}>
        {act}
      </Button>
    </>
  )
  return (
    <Dialog title={title} foot={foot} onClose={onClose}>
      {children}
    </Dialog>
  )
}
