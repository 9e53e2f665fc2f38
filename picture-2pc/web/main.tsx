import '../../common/web/style/index.css'
import './style/index.css'
import { render } from 'preact'
import { beginTheme } from '../../common/web/theme.ts'
import { beginClock } from '../../common/web/view/use-now.ts'
import { beginListening } from './cluster.ts'
import { reload, touch } from './gallery.ts'
import { Page } from './view/Page.tsx'

beginTheme()
beginClock()
beginListening((touched, begunAnew) => {
  if (begunAnew) void reload()
  if (touched.size > 0) touch(touched)
})
const app = document.getElementById('app')
if (app !== null) render(<Page />, app)
