import '../../common/web/style/index.css'
import { render } from 'preact'
import { beginTheme } from '../../common/web/theme.ts'
import { beginClock } from '../../common/web/view/use-now.ts'
import { Page } from './view/Page.tsx'

beginTheme()
beginClock()
const app = document.getElementById('app')
if (app !== null) render(<Page />, app)
