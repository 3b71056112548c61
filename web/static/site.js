// The only script. Every page can be read without it.
"use strict";
