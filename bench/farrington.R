# Farrington's method in the improved form of Noufaily et al. 2013, as the package surveillance has it, on daily counts with the week as the season.
# Reads `series,value,first` (a row a day, in order; first: the first day that is judged, from 1); prints `series,day,score` (day from 1).
# The score is theirs: (count - expected) / (upper bound - expected), an alarm above 1.
suppressPackageStartupMessages(library(surveillance))
input <- read.csv(file("stdin"), colClasses = c("character", "numeric", "numeric"))
weeks <- 12
for (name in unique(input$series)) {
  rows <- input[input$series == name, ]
  range <- max(rows$first[1], 7 * weeks + 1):nrow(rows)
  if (range[1] >= nrow(rows)) next
  counts <- sts(round(rows$value), frequency = 7, start = c(1, 1), epochAsDate = FALSE)
  control <- list(range = range, b = weeks, w = 1, noPeriods = 7, pastWeeksNotIncluded = 1, reweight = TRUE, weightsThreshold = 2.58,
                  trend = TRUE, alpha = 0.005, thresholdMethod = "nbPlugin", limit54 = c(5, 4))
  result <- try(suppressWarnings(farringtonFlexible(counts, control = control)), silent = TRUE)
  if (inherits(result, "try-error")) next
  expected <- result@control$expected
  score <- (observed(result) - expected) / (upperbound(result) - expected)
  score[!is.finite(score) | upperbound(result) <= expected] <- NA
  cat(sprintf("%s,%d,%.4f\n", name, range, score), sep = "")
}
