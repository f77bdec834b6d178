"""One table."""

from schema.plugin import (
    INTERNAL,
    PERSONAL,
    PUBLIC,
    Model,
    String,
    UtcTime,
    Via,
    column,
    key_column,
    reference,
)


class StrawMark(Model):
    """A mark on a customer."""

    __tablename__ = "p_straw_marks"
    __prefix__ = "stm"
    __access__ = Via("customer_id")

    id = key_column()
    customer_id = reference("customers.id", PUBLIC, "The customer.", nullable=False, on_delete="CASCADE")
    label = column(String, PERSONAL, "What it says.", nullable=False)
    created_at = column(UtcTime, INTERNAL, "When it was stuck on.", nullable=False)
