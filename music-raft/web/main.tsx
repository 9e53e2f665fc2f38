import '../../common/web/style/index.css'
import './style/index.css'
import { render } from 'preact'
import { beginTheme } from '../../common/web/theme.ts'
import { beginClock } from '../../common/web/view/use-now.ts'
import { beginPage, Page } from './view/Page.tsx'

beginTheme()
beginClock()
beginPage()
const app = document.getElementById('app')
if (app !== null) render(<Page />, app)
