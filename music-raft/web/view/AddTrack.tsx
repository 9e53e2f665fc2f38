import { useState } from 'preact/hooks'
import { Button, Card, Field } from '../../../common/web/view/parts.tsx'
import { type TrackForm, trackOfForm } from '../model/track-form.ts'
import { change } from '../writer.ts'

const EMPTY: TrackForm = { id: '', title: '', artist: '', duration: '' }

/** A form for one track. */
export function AddTrack() {
  const [form, setForm] = useState<TrackForm>(() => ({ ...EMPTY, id: freshId() }))
  const [problem, setProblem] = useState('')
  const input = (name: keyof TrackForm, placeholder: string) => (id: string) => (
    <input
      id={id}
      class="input"
      name={name}
      value={form[name]}
      placeholder={placeholder}
      autocomplete="off"
      onInput={(event) => setForm({ ...form, [name]: event.currentTarget.value })}
    />
  )
  const submit = (event: Event) => {
    event.preventDefault()
    const track = trackOfForm(form)
    if (typeof track === 'string') {
      setProblem(track)
      return
    }
    setProblem('')
    const { id, title } = track
    change({ rpc: 'AddTrack', body: { ...track }, words: 'Add', subject: title, trackId: id })
    setForm({ ...EMPTY, id: freshId(), artist: form.artist })
  }
  return (
    <Card title="Add a track">
      <form class="add-form" onSubmit={submit} noValidate data-testid="add-form">
        <Field label="Title">{input('title', 'Retry')}</Field>
        <Field label="Artist">{input('artist', 'The Followers')}</Field>
        <Field label="Id">{input('id', 'its own, once')}</Field>
        <Field label="Length">{input('duration', '3:05')}</Field>
        <p class="form-problem" role="alert">
          {problem}
        </p>
        <Button kind="primary" type="submit" icon="plus">
          Add
        </Button>
      </form>
    </Card>
  )
}

function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(5))
  return [...bytes].map((byte) => byte.toString(36).padStart(2, '0')).join('')
}
