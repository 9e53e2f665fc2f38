import '../../common/web/style/index.css'
import './style/index.css'
import { render } from 'preact'
import { beginTheme } from '../../common/web/theme.ts'
import { beginClock } from '../../common/web/view/use-now.ts'
import { beginListening } from './cluster.ts'
import { reload, renew, touch } from './gallery.ts'
import { guardUnload } from './requests.ts'
import { Page } from './view/Page.tsx'

beginTheme()
beginClock()
guardUnload()
beginListening(({ touched, renewed, others, begunAnew }) => {
  for (const name of renewed) renew(name)
  if (begunAnew) void reload()
  touch(touched, others)
})
const app = document.getElementById('app')
if (app !== null) render(<Page />, app)
