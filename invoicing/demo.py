"""What invoicing adds to the story."""

from accounts.demo import add_chapter
from invoicing.demo_cloud import invoice_cloud
from invoicing.demo_requests import invoices

add_chapter("invoice cloud", invoice_cloud)
add_chapter("invoices", invoices)
