"""Appeals against a grade, suspensions of orders that cannot be settled now."""

from django.db import migrations

_CHANGES = """
ALTER TABLE hotline_order ADD COLUMN appeal text NOT NULL DEFAULT '', ADD COLUMN suspension_until date,
    ADD CONSTRAINT order_appeal_known CHECK (appeal IN ('', 'open', 'upheld', 'refused')),
    ADD CONSTRAINT order_appeal_has_grade CHECK (appeal = '' OR grade <> '');
ALTER TABLE hotline_outgoing DROP CONSTRAINT outgoing_kind_known,
    ADD CONSTRAINT outgoing_kind_known
        CHECK (kind IN ('answer', 'return', 'extension', 'question', 'appeal', 'suspension'));
"""
_BACK = """
ALTER TABLE hotline_outgoing DROP CONSTRAINT outgoing_kind_known,
    ADD CONSTRAINT outgoing_kind_known CHECK (kind IN ('answer', 'return', 'extension', 'question'));
ALTER TABLE hotline_order DROP COLUMN appeal, DROP COLUMN suspension_until;
"""


class Migration(migrations.Migration):
    dependencies = [("hotline", "0003_reconciling")]
    operations = [migrations.RunSQL(_CHANGES, reverse_sql=_BACK)]
