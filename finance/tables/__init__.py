"""What files of an account can hold: each table knows its rows, its titles and its cells."""

from finance.models import Export
from finance.tables.base import Table
from finance.tables.bills import BILLS
from finance.tables.flows import FLOWS
from finance.tables.focus import FOCUS

TABLES: dict[str, Table] = {Export.Subject.FLOWS: FLOWS, Export.Subject.BILLS: BILLS, Export.Subject.FOCUS: FOCUS}
