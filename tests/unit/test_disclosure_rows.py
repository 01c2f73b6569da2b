"""What a row of a table gives back by multiplying and adding its columns."""

import numpy as np
from frames import frame

from factfidelity.display.disclosure_identities import close_identities, given_back, is_product, triples

TRIPLE = ("any", "share", "clients")


def rows(*hidden):
    return {name: np.array([name in hidden]) for name in TRIPLE}


def nothing(**values):
    return np.array([[values[name] == 0] for name in TRIPLE])


def test_nothing_divided_by_nothing_tells_no_number():
    known, zeros = rows(*TRIPLE), nothing(any=0, share=0, clients=10)
    assert not given_back(TRIPLE, rows("clients"), known, {}, zeros)[1].any()
    assert given_back(TRIPLE, rows("any"), known, {}, zeros)[1].all()
    assert given_back(TRIPLE, rows("clients"), known, {}, nothing(any=4, share=0.4, clients=10))[1].all()


def test_no_more_is_hidden_where_nothing_follows():
    mask, known = rows("clients"), rows(*TRIPLE)
    zeros = {TRIPLE: nothing(any=0, share=0, clients=10)}
    assert not close_identities([TRIPLE], mask, known, list(TRIPLE), nothing=zeros)
    assert close_identities([TRIPLE], mask, known, list(TRIPLE))


def test_products_and_sums_are_told_apart():
    draw = np.random.default_rng(1)
    one, two = draw.integers(3, 40, 12).astype(float), draw.uniform(0.1, 0.9, 12)
    three = draw.integers(3, 40, 12).astype(float)
    found, added = triples(
        ["one", "two", "times", "three", "plus"], np.column_stack([one, two, one * two, three, one + three])
    )
    assert set(found) == {("one", "two", "times"), ("one", "three", "plus")}
    assert added == {("one", "three", "plus")}


def test_a_count_is_found_in_a_mean_that_holds_in_some_rows_only():
    draw = np.random.default_rng(2)
    count, total = draw.integers(3, 40, 30).astype(float), draw.integers(50, 900, 30).astype(float)
    mean = np.where(np.arange(30) % 3 == 0, total / count, draw.uniform(1, 9, 30))
    assert is_product(count, mean, [total])
    assert not is_product(count, draw.uniform(1, 9, 30), [total])


def test_columns_that_agree_only_where_something_happened_do_not_give_each_other_back():
    # one stay went on wherever any did, so that going_on × persons is stays there; where none did it is not
    table = frame("""
        group | going_on | stays | persons
        a     | 1        | 7     | 7
        b     | 1        | 9     | 9
        c     | 1        | 12    | 12
        d     | 1        | 15    | 15
        e     | 0        | 8     | 8
    """)
    columns = ["going_on", "stays", "persons"]
    found, _ = triples(columns, table[columns].to_numpy(dtype=float))
    assert found == []
    product = table[columns].iloc[:4].assign(going_on=[1, 2, 3, 4], stays=[7, 18, 36, 60])
    found, _ = triples(columns, product.to_numpy(dtype=float))
    assert found == [("going_on", "stays", "persons")]
