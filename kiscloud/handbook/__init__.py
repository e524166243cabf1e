"""The handbook: Markdown files in `kiscloud/content/<language>/`, the same pages in each language.

A file begins with its facts (title, section, order, summary, keywords) between two lines of `---`. In the text,
`{trial_days}` is a number of `figures`; a link names a page and, behind `#`, a heading (`trials#limits`), or a page of
the product (`page:accounts:login`), or an address of the settings (`out:forum`); a picture names a template in
`templates/kiscloud/help/pictures/`. Every heading that is linked to says its anchor: `## Limits {#limits}`.
"""
