# The three calls with httr2 in R.  Usage: Rscript with_httr2.R [address of /sparql]
library(httr2)

arguments <- commandArgs(trailingOnly = TRUE)
endpoint <- if (length(arguments) > 0) arguments[1] else "http://127.0.0.1:8000/sparql"
script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
here <- if (length(script) > 0) dirname(script) else "."

ask <- function(file, format) {
  query <- paste(readLines(file.path(here, file), encoding = "UTF-8"), collapse = "\n")
  request(endpoint) |>
    req_headers(Accept = format) |>
    req_body_form(query = query) |>
    req_perform() |>
    resp_body_string()
}

# A result in CSV is a data frame in one call.
crises <- read.csv(text = ask("select.rq", "text/csv"), encoding = "UTF-8")
cat(paste(crises$crisis, crises$name, sep = ","), sep = "\n")
cat("\n", ask("ask.rq", "text/csv"), "\n", sep = "")
cat(ask("construct.rq", "application/n-triples"))
