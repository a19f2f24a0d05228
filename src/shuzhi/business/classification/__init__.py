"""Classification by content (分级分类复核): what the values are, held against the grade that a data set's declaration gives them."""
